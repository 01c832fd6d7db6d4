import type { Members } from '../../core/shadow.js';
import type { ClientMeasure } from './measure.js';

/** What a client is for the metrics. */
interface ClientIdentity {
  /** The service's name, unless the app gives one. */
  readonly service: string;
  /** The model, where the client is one. */
  readonly model?: string | undefined;
}

/**
 * How one kind of client is measured. One file each in this folder; a new one is added to the list in
 * `instrument-client.ts`. Kinds are known by what an object has, never by `instanceof`: Sightline depends on no SDK.
 */
export interface ClientKind {
  /** For errors and the docs: `openai`. */
  readonly name: string;
  /** Whether its measured methods call each other. Default: false. */
  readonly nests?: boolean;
  /** What the client is; `undefined` where it is of another kind. */
  identify(client: Members): ClientIdentity | undefined;
  /** Measures the methods that call a model. */
  instrument(client: Members, measure: ClientMeasure, instrumentOther: (client: object) => void): void;
}
