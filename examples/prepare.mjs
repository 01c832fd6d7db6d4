// @ts-check
// What an example needs before it can run, on a fresh clone too: the packages, and Sightline built.
// Also to be given to Node: `node --import ./examples/prepare.mjs examples/koa-minimal/app.mjs`.
import { ensureBuilt } from '../test/support/built-package.mjs';
import { ensureInstalled } from '../test/support/ensure-installed.mjs';

ensureInstalled();
ensureBuilt();
if (process.env['npm_lifecycle_event'] !== undefined) endWithParent();

/** `npm` passes a signal on no further than its shell, which dies of it and would leave the example running. */
function endWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}
