import { registerPart } from '../core/part-registry.js';
import { createBusiness } from './create-business.js';

/** What a monitor needs of this folder. */
export interface BusinessPart {
  readonly createBusiness: typeof createBusiness;
}

const part: BusinessPart = { createBusiness };
registerPart('business', part);
