/** What is heard is louder than this: -54 dB. */
const threshold = 0.002;

/** Passes its input on and tells the context frame of the first sample that can be heard, and of the last one so far. */
class EarProcessor extends AudioWorkletProcessor {
  #first = -1;
  #last = -1;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data === 'last') this.port.postMessage({ last: this.#last });
      else this.#first = this.#last = -1;
    };
  }

  process([input], [output]) {
    const channel = input[0];
    if (channel === undefined) return true;
    for (const out of output) out.set(channel);
    for (let index = 0; index < channel.length; index += 1) {
      if (Math.abs(channel[index]) < threshold) continue;
      this.#last = currentFrame + index;
      if (this.#first >= 0) continue;
      this.#first = this.#last;
      this.port.postMessage({ first: this.#first });
    }
    return true;
  }
}

registerProcessor('ear', EarProcessor);
