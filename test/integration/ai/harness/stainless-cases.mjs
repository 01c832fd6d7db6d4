// @ts-check
// The calls that every SDK made by Stainless (openai, @anthropic-ai/sdk, groq-sdk) can make: of its promises that
// parse when asked to, its streams and its errors.
import { abortCases, errorCases } from './stainless-errors.mjs';
import { plainCases } from './stainless-plain.mjs';
import { streamCases } from './stainless-streams.mjs';

/** @typedef {import('./matrix.mjs').Case} Case */
/** @typedef {import('../../../support/ai-wire/order.mjs').Usage} Usage */

/**
 * How one resource of an SDK is used.
 *
 * @typedef {object} Resource
 * @property {string} model
 * @property {string} service
 * @property {Usage} usage all kinds of tokens that the provider tells apart
 * @property {(client: any, prompt: string, options?: object) => any} ask
 * @property {(client: any, prompt: string, options?: object) => any} stream
 * @property {(answer: any) => string} textOf
 * @property {(event: any) => string | undefined} pieceOf
 * @property {(usage: Usage) => Usage | null} [partOf] what is known of a stream that was left after its first words
 * @property {boolean} [mayOmitUsage] whether an answer of this kind can be without usage; default: true
 * @property {string} [dated] another name of the model, with its date
 * @property {Record<string, number>} limits what the stand-in's headers say of 41 requests and 9000 tokens
 */

/**
 * @param {Resource} resource
 * @returns {Case[]}
 */
export function stainlessCases(resource) {
  return [...plainCases(resource), ...streamCases(resource), ...errorCases(resource), ...abortCases(resource)];
}
