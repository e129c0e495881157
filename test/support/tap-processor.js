/** Passes its input on and keeps every frame of it, with the context frame at which the first came. */
class TapProcessor extends AudioWorkletProcessor {
  #samples = new Float32Array(120 * sampleRate);
  #length = 0;
  #firstFrame = currentFrame;

  constructor() {
    super();
    this.port.addEventListener('message', () => {
      this.port.postMessage({ samples: this.#samples.slice(0, this.#length), firstFrame: this.#firstFrame });
    });
    this.port.start();
  }

  process([input], [output]) {
    const frames = output[0].length;
    const channel = input[0];
    if (this.#length === 0) this.#firstFrame = currentFrame;
    if (this.#length + frames <= this.#samples.length) {
      if (channel !== undefined) this.#samples.set(channel, this.#length);
      this.#length += frames;
    }
    if (channel !== undefined) for (const out of output) out.set(channel);
    return true;
  }
}

registerProcessor('tap', TapProcessor);
