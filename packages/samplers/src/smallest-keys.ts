/** The smallest of many keys that come one after another. */
export interface SmallestKeys {
  /** A key must be below it to be kept: the largest one kept, or infinity while there is room. */
  bound(): number;
  /** Keeps the key, in place of the largest one where there is no room; a key at the bound or above it is left out. */
  offer(key: number, value: number): void;
  /** The values of the keys kept, smallest key first; equal keys by value. */
  values(): Int32Array;
}

/**
 * Keeps the `count` smallest keys and a whole number beside each, in O(log count) a key that enters.
 *
 * A binary heap with the largest key at its root.
 */
export function smallestKeys(count: number): SmallestKeys {
  const keys = new Float64Array(count);
  const values = new Int32Array(count);
  let size = 0;

  const put = (place: number, key: number, value: number): void => {
    keys[place] = key;
    values[place] = value;
  };
  const keyAt = (place: number): number => keys[place] as number;
  const move = (from: number, to: number): void => put(to, keyAt(from), values[from] as number);

  const insert = (key: number, value: number): void => {
    let place = size++;
    while (place > 0 && keyAt((place - 1) >> 1) < key) {
      move((place - 1) >> 1, place);
      place = (place - 1) >> 1;
    }
    put(place, key, value);
  };

  const replaceLargest = (key: number, value: number): void => {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child + 1 < size && keyAt(child + 1) > keyAt(child)) child += 1;
      if (child >= size || keyAt(child) <= key) break;
      move(child, place);
      place = child;
    }
    put(place, key, value);
  };

  const bound = (): number => (size < count ? Number.POSITIVE_INFINITY : count === 0 ? 0 : keyAt(0));
  return {
    bound,
    offer: (key, value) => {
      if (size < count) insert(key, value);
      else if (key < bound()) replaceLargest(key, value);
    },
    values: () => {
      const order = Array.from({ length: size }, (_, place) => place);
      order.sort((a, b) => keyAt(a) - keyAt(b) || (values[a] as number) - (values[b] as number));
      return Int32Array.from(order, (place) => values[place] as number);
    },
  };
}
