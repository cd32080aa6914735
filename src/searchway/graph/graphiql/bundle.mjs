// Bundles the page's script, its style and the editors' workers into the folder named on the command line.
import { build } from 'esbuild';

await build({
  entryPoints: {
    main: 'main.jsx',
    'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
    'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
    'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  },
  outdir: process.argv[2],
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'linked',
  logLevel: 'error',
  // Fonts travel inside the style sheet, so that the page needs no further files.
  loader: { '.ttf': 'dataurl' },
  // GraphiQL asks for its formatters under names that lead to scripts without ES exports: nothing would be formatted.
  alias: {
    'prettier/parser-babel': 'prettier/plugins/babel',
    'prettier/parser-graphql': 'prettier/plugins/graphql',
  },
});
