// @ts-check
// What an example needs before it can run, on a fresh clone too: the packages, and Sightline built.
// Also to be given to Node: `node --import ./examples/prepare.mjs examples/koa-minimal/app.mjs`.
import { ensureBuilt } from '../test/support/built-package.mjs';
import { ensureInstalled } from '../test/support/ensure-installed.mjs';

ensureInstalled();
ensureBuilt();
