// What goes wrong on the way to a model: refusals in each provider's own words, and connections that break.
import { sse } from './sse.mjs';

/**
 * The script, but `fault` instead of its answer as soon as `afterCalls` tool calls came back, `times` times in a row.
 * A fault is `{ kind }` with what that kind needs: `rate` retryAfterSeconds, `plan` resetsAtSeconds; also `auth`, `overload`,
 * `stall` (no headers), `stallInStream`, `garbage`, `cut`.
 */
export function failing(script, { fault, afterCalls = 0, times = Infinity }) {
  let left = times;
  return (conversation) => {
    if (conversation.results.length < afterCalls || left === 0) return script(conversation);
    left -= 1;
    return fault;
  };
}

const halfAnswers = {
  stallInStream: (response, events) => void response.write(firstHalf(events)),
  cut: (response, events) => void response.write(firstHalf(events), () => response.destroy()),
  garbage: (response) => void response.end(`${sse('{"type":"mess')}\uFFFD\u0000 not an event\n\n`),
};

/** Answers with the fault; `events` are what the model would have said. */
export function fail(response, { fault, api, events }) {
  if (fault.kind === 'stall') return;
  const broken = halfAnswers[fault.kind];
  if (broken === undefined) return void refuse(response, api.refusal(fault));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  broken(response, events);
}

/** Sends what an API says instead of an answer. */
export function refuse(response, { status, headers, body }) {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function firstHalf(events) {
  return events.slice(0, Math.ceil(events.length / 2)).join('');
}
