// 抹零 in whole 分, as the server counts it (app/collection/rules/rounding.py).

const WAYS = {
  down_jiao: (cents) => cents - (cents % 10),
  down_yuan: (cents) => cents - (cents % 100),
  half_up_jiao: (cents) => cents + 5 - ((cents + 5) % 10),
};

// What is collected of what is settled; "" lets nothing go.
export const rounded = (cents, way) => (way in WAYS && cents > 0 ? WAYS[way](cents) : cents);
