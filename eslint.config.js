import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import house from './scripts/eslint-house.mjs';

const pureRooms = ['src/domain/**', 'src/decide/**', 'src/render/**'];
const recorded = ['test/**/{golden,fixtures,payloads,transcripts,expected}/**'];

const sizes = {
  'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: false, skipComments: false }],
  complexity: ['error', 12],
  'max-depth': ['error', 3],
  'max-params': ['error', 4],
};

const selector = (message, ...selectors) => selectors.map((each) => ({ selector: each, message }));

const everywhere = selector(
  'No default export: name it.',
  'ExportDefaultDeclaration',
  'ExportSpecifier[exported.name="default"]',
);
const inSrc = [
  ...everywhere,
  ...selector(
    'No positional booleans: take an options object.',
    'FunctionDeclaration[params.length>1] > Identifier.params > TSTypeAnnotation > TSBooleanKeyword',
  ),
  ...selector('No barrels: import from the file that has it.', 'ExportAllDeclaration'),
  ...selector('Reach globals by their own name.', 'Identifier[name="globalThis"]'),
];
const inPureRooms = [
  ...inSrc,
  ...selector('undefined inside, never null.', 'TSNullKeyword'),
  ...selector('Pure rooms import statically.', 'ImportExpression'),
];
const inPorts = [
  ...inSrc,
  ...selector(
    'Ports are types only.',
    'Program > :not(ImportDeclaration, ExportNamedDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration)',
    'ExportNamedDeclaration[exportKind="value"]',
    'ImportDeclaration[importKind="value"]',
  ),
];
const mocks = 'CallExpression[callee.object.name=/^(vi|vitest)$/][callee.property.name=/^(mock|doMock)$/]';
const inTests = selector(
  "Never mock Fleet's own code: use a fake that passes the contract, or nock, real git, a real server.",
  `${mocks}[arguments.0.value=/^[.\\/]/]`,
  `${mocks}[arguments.0.source.value=/^[.\\/]/]`,
  `${mocks}[arguments.0.type="TemplateLiteral"]`,
  `${mocks}[arguments.0.source.type="TemplateLiteral"]`,
);

const environment = {
  object: 'process',
  property: 'env',
  message: 'Only src/config reads the environment; take what you need as an argument.',
};
const dice = { object: 'Math', property: 'random', message: 'No dice in pure rooms: chance arrives in the event.' };
const processModule = { name: 'node:process', message: 'Use the global, whose use is watched.' };

const impure = [
  ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['fetch', 'process', 'console', 'crypto', 'require'],
];

const nodeGlobals = Object.fromEntries(
  [
    ...['process', 'console', 'Buffer', 'URL', 'URLSearchParams', 'performance', 'fetch', 'structuredClone'],
    ...['AbortController', 'AbortSignal', 'TextDecoder', 'TextEncoder', 'require', 'module', '__dirname'],
    ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval'],
  ].map((name) => [name, 'readonly']),
);

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'data/', '.cache/', ...recorded]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        {
          allowNumber: true,
          allowAny: false,
          allowBoolean: false,
          allowNever: false,
          allowNullish: false,
          allowRegExp: false,
        },
      ],
      // A default branch does not excuse a member that nobody thought of.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        {
          allowDefaultCaseForExhaustiveSwitch: true,
          considerDefaultExhaustiveForUnions: false,
          requireDefaultForNonUnion: true,
        },
      ],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: false, allowThrowingUnknown: false }],
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: nodeGlobals } },
  { files: ['src/**', 'scripts/**', '*.{ts,js,cjs}'], rules: sizes },
  {
    files: ['src/**/*.ts'],
    plugins: { house },
    rules: {
      'house/file-name': 'error',
      'house/narrow-interface': 'error',
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      // Taking a member out of an object is what a rest sibling is for.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/no-empty-function': 'error',
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'typeLike',
          format: ['PascalCase'],
          custom: {
            regex: '(Service|Manager|Helper|Utils?|Handler|Processor|Impl)$|^Abstract|^I[A-Z][a-z]',
            match: false,
          },
        },
      ],
      'no-restricted-properties': ['error', environment],
      'no-restricted-imports': ['error', { paths: [processModule, { ...processModule, name: 'process' }] }],
      'no-restricted-syntax': ['error', ...inSrc],
    },
  },
  { files: ['src/config/**'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: pureRooms,
    rules: {
      'no-restricted-globals': [
        'error',
        ...impure.map((name) => ({
          name,
          message: 'Not in a pure room: it arrives in the event or is done by an effect.',
        })),
      ],
      'no-restricted-properties': ['error', environment, dice],
      'no-restricted-syntax': ['error', ...inPureRooms],
    },
  },
  { files: ['src/ports.ts', 'src/ports/**'], rules: { 'no-restricted-syntax': ['error', ...inPorts] } },
  {
    files: ['test/**'],
    rules: {
      ...sizes,
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': 'off',
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...inTests],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // expect.any and its kin are typed any; a `!` in a test fails as loudly as an assertion.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Fakes implement asynchronous ports without awaiting anything.
      '@typescript-eslint/require-await': 'off',
    },
  },
);
