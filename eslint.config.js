import { readdirSync } from 'node:fs';
import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'docs/api/', '.cache/']),

  eslint.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs}'],
    // TypeScript knows the globals; in plain scripts this rule would need a list of them.
    rules: { 'no-undef': 'off' },
  },

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },

  {
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.js', '.mjs'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [
        createNodeResolver({ extensions: ['.ts', '.js', '.mjs'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
    },
    rules: { 'import-x/no-cycle': ['error', { ignoreExternal: true }], 'import-x/no-self-import': 'error' },
  },

  {
    files: ['src/**/*.ts'],
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: directionOfImports() }],
      'import-x/no-default-export': 'error',
      // A type of a package that users may not have would break their compilation.
      'import-x/no-extraneous-dependencies': ['error', { devDependencies: false, includeTypes: true }],
      'max-lines': ['error', 350],
      // Faults go to `core/diagnostics`.
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Export by name.' },
        {
          selector: 'MetaProperty[meta.name="import"]',
          message: 'Only core/optional-peer.ts uses import.meta: the CommonJS build has no more than createRequire needs.',
        },
      ],
    },
  },
  {
    files: ['src/core/optional-peer.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['src/**/index.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program > :not(ExportNamedDeclaration)', message: 'An index only re-exports, by name.' },
        { selector: 'ExportNamedDeclaration:not([source])', message: 'An index only re-exports, by name.' },
      ],
    },
  },

  {
    files: ['test/**/*.ts', 'examples/**/*.ts', '*.config.ts'],
    rules: {
      // Tests hand over what a type forbids, and stand in for asynchronous code with nothing to await.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['test/**/*.legacy.test.ts'],
    languageOptions: { parserOptions: { projectService: false, project: 'test/tsconfig.legacy.json' } },
  },
  {
    // The compiler checks these, in two modes; the others' configuration belongs to no project.
    files: ['test/types/**/*.ts', '*.config.ts'],
    extends: [tseslint.configs.disableTypeChecked],
  },
);

/**
 * Imports go one way through `src/`:
 * core ← metrics, tracing ← features ← monitor.ts and its neighbours ← express, koa, cli ← nothing.
 * Every folder not named here is a feature, and no feature imports another.
 */
function directionOfImports() {
  const foundations = ['metrics', 'tracing'];
  const adapters = ['express', 'koa', 'cli'];
  const entries = readdirSync(new URL('src', import.meta.url), { withFileTypes: true });
  const folders = entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
  const files = entries.filter(entry => entry.isFile() && entry.name !== 'index.ts').map(({ name }) => name);
  const features = folders.filter(name => ![...foundations, ...adapters, 'core'].includes(name));

  const allowed = new Map([
    ['core', []],
    ...foundations.map(name => [name, ['core']]),
    ...features.map(name => [name, ['core', ...foundations]]),
    ...files.map(name => [name, ['core', ...foundations, ...features, ...files]]),
    ...adapters.map(name => [name, ['core', 'metrics', 'http', 'activity', 'alerting', ...files]]),
  ]);
  return [...allowed].map(([name, others]) => ({
    target: `src/${name}`,
    from: 'src',
    except: [...new Set([name, ...others])].map(path => `./${path}`),
    message: `${name} may import ${others.length > 0 ? others.join(', ') : 'nothing else of src'}.`,
  }));
}
