import { registerPart } from '../core/part-registry.js';
import { createActivity } from './create-activity.js';

/** What a monitor needs of this folder. */
export interface ActivityPart {
  readonly createActivity: typeof createActivity;
}

const part: ActivityPart = { createActivity };
registerPart('activity', part);
