/** The headers that keep what we send from being taken for something else. Pages bring their own policy with a nonce. */

/** Headers of every answer. */
export const COMMON_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()',
} as const;

/** The policy of everything that is no page: should a browser show it, it runs nothing, loads nothing and has no origin. */
export const FILE_POLICY = "sandbox; default-src 'none'";

/** The policy of the report's own pages and pictures: no script, nothing from elsewhere; a picture brings its style along. */
export const REPORT_POLICY =
  "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Cache rule of addresses that hold a digest: the bytes never change, so browsers keep them; shared caches ask again
 * after a minute, because what was withdrawn must stop being served within one.
 */
export const CACHE_BY_DIGEST = 'public, max-age=31536000, s-maxage=60, immutable';

/** Cache rule of addresses whose content changes: kept, but asked about each time. */
export const CACHE_ASK_AGAIN = 'no-cache';
