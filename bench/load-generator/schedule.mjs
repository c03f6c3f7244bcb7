/** The due times of an open loop in milliseconds, equal to those of schedule.h, which has the reasons. */
export class Schedule {
  due;
  #meanGap;
  #state = 3;

  constructor(start, requestsPerSecond) {
    this.due = start;
    this.#meanGap = 1000 / requestsPerSecond;
    this.advance();
  }

  advance() {
    this.due -= Math.log(this.#share()) * this.#meanGap;
  }

  #share() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  }
}
