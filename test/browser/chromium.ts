/** The browser the tests drive: Debian's Chromium, kept from calling home. */
import fs from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { WEB_BUILD_DIRECTORY } from '../../src/server/create-server.ts';

const EXECUTABLE = '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** Why browser tests cannot run here, or false when they can. */
export function browserSkipReason(): string | false {
  if (!fs.existsSync(EXECUTABLE)) return `no browser at ${EXECUTABLE}`;
  if (!fs.existsSync(WEB_BUILD_DIRECTORY)) return 'the web interface is not built';
  return false;
}

/** A running browser. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}
