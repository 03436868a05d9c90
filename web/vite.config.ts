import fs from 'node:fs';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { adapter } from './adapter.ts';

const { version } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string };

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter(),
      compilerOptions: { runes: true },
      // No polling: the site asks nothing of the server that the listener did not ask for.
      version: { name: version, pollInterval: 0 },
      // One script and one style sheet: the whole interface is smaller than a cover, and HTTP/1.1 has six connections.
      output: { bundleStrategy: 'single' },
      csp: {
        mode: 'nonce',
        directives: {
          'default-src': ['none'],
          'script-src': ['self'],
          'style-src': ['self'],
          // The one style attribute of the framework: it hides the element that tells screen readers of a new page.
          'style-src-attr': [
            'unsafe-hashes',
            'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo=',
          ],
          'img-src': ['self'],
          'media-src': ['self'],
          'connect-src': ['self'],
          'form-action': ['self'],
          'base-uri': ['none'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  // Everything the pages need is in the build, so that it runs where `web/` has no dependencies installed.
  ssr: { noExternal: true },
  build: { sourcemap: false },
});
