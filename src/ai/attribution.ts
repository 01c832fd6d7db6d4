import { InvalidOptionError } from '../core/errors.js';
import { aText, checkOptions } from '../core/options.js';
import { currentAiScope, followCode, runInAiScope, type AiAttribution } from './ai-scope.js';

/**
 * Says who the AI calls made inside of `work` are for, however deep and however late. Their cost counts
 * in `ai_attributed_cost_total{endpoint,tenant,feature}`, and towards the budgets of the tenant. Inside of
 * another it adds to it: what it does not name is the outer one's.
 *
 * Around `next()` it is middleware: `app.use((req, res, next) => withAiAttribution({ tenant: req.user.school }, next))`.
 *
 * @returns what `work` returns
 * @throws InvalidOptionError for a tenant or feature that is no text
 * @example const feedback = await withAiAttribution({ tenant: 'school-7', feature: 'essays' }, () => grade(essay));
 */
export function withAiAttribution<T>(attribution: AiAttribution, work: () => T): T {
  checkOptions('attribution', attribution, { tenant: aText, feature: aText });
  if (typeof work !== 'function') throw new InvalidOptionError('work', work, 'a function');
  const { tenant, feature } = attribution;
  followCode();
  const outer = currentAiScope();
  return runInAiScope({ call: outer?.call, tenant: tenant ?? outer?.tenant, feature: feature ?? outer?.feature }, work);
}
