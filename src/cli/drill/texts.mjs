// The texts of the sample as the agents of the drills write them.
import { readFileSync } from 'node:fs';
import { slug, slugTest } from './plans.mjs';

export const sample = (path) => readFileSync(new URL(`./sample/${path}`, import.meta.url), 'utf8');

export const plain = sample(slug);
export const tests = sample(slugTest);

// What the issue asks for, and ways to look as if it were done.
export const digits = plain.replace('[^a-z]', '[^a-z0-9]');
export const untrimmed = digits.replace(String.raw`.replace(/^-|-$/g, '')`, '');
export const remarked = (word) => `// ${word}\n${plain}`;

export const testOf = (name, ...lines) =>
  `\ntest('${name}', () => {\n${lines.map((line) => `  ${line}\n`).join('')}});\n`;
const digitsTest = testOf('keeps digits', "assert.equal(slugify('Route 66'), 'route-66');");
export const idle = testOf('is lower case', "assert.equal(slugify('ROUTE'), 'route');");
export const spaces = (line) => testOf('makes one dash of several spaces', line);
export const proven = tests + digitsTest;
export const trimmedTest = /test\('leaves no dash at the ends', (.*\n)(.*\n)(.*\n)/;

export const honest = { [slug]: digits, [slugTest]: proven };
