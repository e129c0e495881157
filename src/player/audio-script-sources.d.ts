declare module 'virtual:worklet-source' {
  /** The compiled worklet script. */
  export const source: string;
}

declare module 'virtual:speech-worker-source' {
  /** The compiled script of the speech Worker. */
  export const source: string;
}

declare module 'virtual:live-worker-source' {
  /** The compiled script of the Worker for live text. */
  export const source: string;
}
