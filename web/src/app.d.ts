import type { PagePlatform } from '../../src/server/page-platform.ts';

declare global {
  namespace App {
    interface Platform extends PagePlatform {}
  }
}
