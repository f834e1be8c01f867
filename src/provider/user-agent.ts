/**
 * Who we say we are. Cloudflare before the upload host turns bare library names away (403, `error code: 1010`); a name
 * that begins as browsers' do passes.
 */
export const USER_AGENT = "Mozilla/5.0 (compatible; callsheet/0.1; batch video client)";
