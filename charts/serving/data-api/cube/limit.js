/** Users that are remembered; who was not heard of for longest is forgotten, and so has a full measure again. */
const REMEMBERED = 10_000;

/** How many requests a user may make: a bucket of `burst` tokens that fills by `perMinute`. */
class Limiter {
  /** @param now milliseconds, for tests */
  constructor({ perMinute, burst }, now = () => performance.now()) {
    this.perMillisecond = perMinute / 60_000;
    this.burst = burst;
    this.now = now;
    this.buckets = new Map();
  }

  /** Takes a token of the user's bucket; false where there is none. */
  take(user) {
    const at = this.now();
    const known = this.buckets.get(user) ?? { tokens: this.burst, at };
    const tokens = Math.min(this.burst, known.tokens + (at - known.at) * this.perMillisecond);
    // A Map keeps the order in which keys came: the first is the oldest.
    this.buckets.delete(user);
    if (this.buckets.size >= REMEMBERED) this.buckets.delete(this.buckets.keys().next().value);
    this.buckets.set(user, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
    return tokens >= 1;
  }
}

module.exports = { Limiter };
