/** Counts the images that go through the model, whatever for. */
export interface CostLedger {
  imagesForward: number;
  imagesBackward: number;
}

/** A forward pass without a gradient. */
export function countForward(ledger: CostLedger, images: number): void {
  ledger.imagesForward += images;
}

/** A gradient: one pass forward and one back. */
export function countGradient(ledger: CostLedger, images: number): void {
  ledger.imagesForward += images;
  ledger.imagesBackward += images;
}
