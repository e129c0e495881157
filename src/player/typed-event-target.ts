type Listener<E extends Event> = ((event: E) => void) | { handleEvent(event: E): void };

/** The platform's EventTarget, with the events of `Events` known by name. */
export interface TypedEventTarget<Events> {
  addEventListener<K extends keyof Events & string>(
    type: K,
    listener: Listener<Events[K] & Event> | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
  removeEventListener<K extends keyof Events & string>(
    type: K,
    listener: Listener<Events[K] & Event> | null,
    options?: EventListenerOptions | boolean,
  ): void;
  dispatchEvent(event: Event): boolean;
}

/** `EventTarget` as a base class whose instances know the names and types of their events. */
export const TypedEventTarget = EventTarget as unknown as new <Events>() => TypedEventTarget<Events>;
