import { readerFor, responseFacts, RESPONSE_SHAPES } from '../../../src/ai/usage/read-response.js';
import type { Fields, ResponseFacts } from '../../../src/ai/usage/response-shape.js';

/** What is read of a whole response, with the name of the shape that knows it. */
export function read(response: object): ResponseFacts & { shape: string | undefined } {
  const { facts, failed } = responseFacts(response);
  if (failed) throw new Error('Reading the response threw.');
  return { shape: facts && RESPONSE_SHAPES.find(({ read }) => read(response as Fields) !== undefined)?.name, ...facts };
}

/** What is read of a stream, and of which of its events it says that the model wrote them. */
export function replay(events: readonly object[]): ResponseFacts & { output: readonly boolean[] } {
  const reader = readerFor(events[0] as Fields);
  if (reader === undefined) throw new Error('No shape knows the first event.');
  const output = events.map(event => reader.add(event as Fields));
  return { output, ...reader.facts() };
}
