// The layers of the page, as the import contract is for the package: an arrow may only point down.
import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

/** What each room may not import: `views → render | ui → state → api → model → schema`. */
const FORBIDDEN = {
  schema: ['model', 'api', 'state', 'render', 'ui', 'views'],
  model: ['api', 'state', 'render', 'ui', 'views'],
  api: ['state', 'render', 'ui', 'views'],
  state: ['render', 'ui', 'views'],
  render: ['ui', 'views'],
  ui: ['render', 'views'],
}

const layers = Object.entries(FORBIDDEN).map(([room, others]) => ({
  files: [`src/${room}/**/*.{ts,svelte}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: others.map((other) => ({
          regex: `(^|/)${other}(/|$)`,
          message: `${room} must not know ${other}: views → render | ui → state → api → model → schema.`,
        })),
      },
    ],
  },
}))

export default ts.config(
  { ignores: ['node_modules', 'src/schema/openapi.ts'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'svelte/no-at-html-tags': 'error',
      'no-restricted-globals': ['error', 'eval'],
      'max-lines': ['error', { max: 400, skipBlankLines: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // `void state` in an effect: it is read so that the effect runs again
      '@typescript-eslint/no-meaningless-void-operator': 'off',
    },
  },
  {
    // svelte-check knows the types of components; here they would be errors of resolution, not of types
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // it does not see every warning that svelte-check, which decides, has
      'svelte/no-unused-svelte-ignore': 'off',
    },
  },
  {
    // Node's side: no browser, no type information needed.
    files: ['*.js'],
    ...ts.configs.disableTypeChecked,
  },
  ...layers,
)
