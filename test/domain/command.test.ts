import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/domain/command.js';

describe('parseCommand', () => {
  it.each([
    ['/fleet stop', { name: 'stop' }],
    ['  /fleet   retry  ', { name: 'retry' }],
    ['Thanks!\r\n/fleet status\r\n', { name: 'status' }],
    ['/FLEET help', { name: 'help' }],
    ['/fleet', { name: 'help' }],
    ['/fleet agent codex', { name: 'agent', agent: 'codex' }],
    ['/fleet agent', { name: 'unknown', word: 'agent' }],
    ['/fleet retyr', { name: 'unknown', word: 'retyr' }],
    ['/fleet use tabs instead', { name: 'text', text: 'use tabs instead' }],
    ['@fleet-bot retry', { name: 'retry' }],
    ['@fleet-bot: please rename it', { name: 'text', text: 'please rename it' }],
  ])('%j', (body, command) => {
    expect(parseCommand(body, 'fleet-bot')).toEqual(command);
  });

  it.each([
    ['no command', 'looks good to me'],
    ['in the middle of a line', 'you can say /fleet stop here'],
    ['another word', '/fleetwood stop'],
    ['a longer login', '@fleet-bot-two stop'],
    ['a quote', '> /fleet stop'],
    ['a fence', '```\n/fleet stop\n```'],
    ['a fence that is never closed', '~~~sh\n/fleet stop'],
    ['an indented block', '    /fleet stop'],
    ['an HTML comment', '<!--\n/fleet stop\n-->'],
    ['an HTML comment that is never closed', '<!--\n/fleet stop'],
    ['backticks', '`/fleet stop`'],
    ['nothing', ''],
  ])('gives no command in %s', (_where, body) => {
    expect(parseCommand(body, 'fleet-bot')).toBeUndefined();
  });
});
