// Lint rules of this house that no published plugin has.
import { basename } from 'node:path';

const bannedWords = [
  ...['service', 'manager', 'helper', 'util', 'handler', 'processor', 'base', 'abstract', 'impl', 'common', 'misc'],
  ...['services', 'managers', 'helpers', 'utils', 'handlers', 'processors'],
];
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const mostMembers = 10;

/** Files and folders below src are kebab-case and hold none of the words that say nothing. */
const fileName = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { kebab: '{{name}} is not kebab-case.', word: '"{{word}}" says nothing: find the better word.' },
  },
  create(context) {
    const path = context.filename.replaceAll('\\', '/').slice(context.cwd.length);
    const parts = path.slice(path.indexOf('/src/') + '/src/'.length).split('/');
    const names = parts.map((part) => basename(part).split('.')[0]);
    return {
      Program(node) {
        for (const name of names.filter((each) => !kebabCase.test(each))) {
          context.report({ node, messageId: 'kebab', data: { name } });
        }
        for (const word of names.flatMap((each) => each.split('-')).filter((each) => bannedWords.includes(each))) {
          context.report({ node, messageId: 'word', data: { word } });
        }
      },
    };
  },
};

/** An interface with behaviour has at most ten members and no optional method. Shapes of plain values may be longer. */
const narrowInterface = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      wide: '{{count}} members are too many for a port: split it.',
      optional: 'No optional methods: two interfaces.',
    },
  },
  create(context) {
    return {
      TSInterfaceBody(node) {
        const methods = node.body.filter(isMethod);
        for (const method of methods.filter(({ optional }) => optional)) {
          context.report({ node: method, messageId: 'optional' });
        }
        if (methods.length > 0 && node.body.length > mostMembers) {
          context.report({ node: node.parent, messageId: 'wide', data: { count: node.body.length } });
        }
      },
    };
  },
};

function isMethod(member) {
  return member.type === 'TSMethodSignature' || member.typeAnnotation?.typeAnnotation.type === 'TSFunctionType';
}

export default { rules: { 'file-name': fileName, 'narrow-interface': narrowInterface } };
