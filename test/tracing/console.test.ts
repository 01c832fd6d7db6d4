import { afterEach, expect, test, vi } from 'vitest';
import { cleanUp, setUpTracing } from './set-up.js';

afterEach(cleanUp);

test('the console shows a span as soon as it ends', async () => {
  const dir = vi.spyOn(console, 'dir').mockImplementation(() => {});
  try {
    const { tracing, spansTotal } = setUpTracing({ service: 'grader', options: { exporter: 'console' } });
    tracing.tracer.startSpan('x').end();
    await tracing.flush();

    expect(dir).toHaveBeenCalledWith(expect.objectContaining({ name: 'x' }), expect.anything());
    expect(spansTotal()).toEqual({ 'console exported': 1 });
  } finally {
    dir.mockRestore();
  }
});
