// @ts-check
// `npm run example:gateway`. Node 20 runs no TypeScript, so it is compiled first.
import { compile } from '../compile.mjs';

process.setSourceMapsEnabled(true);
await import(await compile('koa-ai-gateway'));
