declare module "idiomorph/dist/idiomorph.esm.js" {
  export const Idiomorph: { morph(from: Element, to: Element | string, options?: Record<string, unknown>): void };
}
