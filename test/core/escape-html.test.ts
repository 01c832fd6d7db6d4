import { expect, test } from 'vitest';
import { escapeHtml } from '../../src/core/escape-html.js';

test('a text can neither open a tag nor leave a quoted attribute', () => {
  expect(escapeHtml(`<a href="x" title='y'>R&D</a> 告警`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;R&amp;D&lt;/a&gt; 告警');
  expect(escapeHtml('&amp;')).toBe('&amp;amp;');
});
