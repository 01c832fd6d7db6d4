// @ts-check
// `npm start`: runs the learning platform, having installed and built what it needs.
import { parseOptions, USAGE } from './options.mjs';

process.exitCode = await start();

async function start() {
  let options;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options === 'help') {
    console.log(USAGE);
    return 0;
  }
  try {
    // Only now: these need what the first of them installs.
    await import('./prepare.mjs');
    const { compile } = await import('./compile.mjs');
    process.setSourceMapsEnabled(true);
    const { run } = await import(await compile('learning-platform'));
    return await run(options);
  } catch (error) {
    console.error(`\n✗ ${messageOf(error)}`);
    return 1;
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
