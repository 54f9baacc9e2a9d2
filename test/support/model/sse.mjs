// A message of the Messages API as the server-sent events that a streaming request is answered with.
import { randomUUID } from 'node:crypto';

/**
 * `content`: blocks of text and tool_use. The usage is the same for each message, so that sums can be checked:
 * 400 fresh and 800 cached tokens in, 34 out.
 */
export function messageEvents(model, content) {
  const calls = content.some((block) => block.type === 'tool_use');
  const usage = { input_tokens: 400, cache_creation_input_tokens: 0, cache_read_input_tokens: 800, output_tokens: 1 };
  const message = {
    ...{ id: `msg_${randomUUID().replaceAll('-', '').slice(0, 24)}`, type: 'message', role: 'assistant', model },
    ...{ content: [], stop_reason: null, stop_sequence: null, usage },
  };
  const delta = { stop_reason: calls ? 'tool_use' : 'end_turn', stop_sequence: null };
  return [
    { type: 'message_start', message },
    ...content.flatMap(blockEvents),
    { type: 'message_delta', delta, usage: { output_tokens: 34 } },
    { type: 'message_stop' },
  ]
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

function blockEvents(block, index) {
  const isText = block.type === 'text';
  const empty = isText ? { type: 'text', text: '' } : { ...block, input: {} };
  const delta = isText
    ? { type: 'text_delta', text: block.text }
    : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) };
  return [
    { type: 'content_block_start', index, content_block: empty },
    { type: 'content_block_delta', index, delta },
    { type: 'content_block_stop', index },
  ];
}
