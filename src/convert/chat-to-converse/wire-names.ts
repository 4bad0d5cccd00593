export { createWireNames, type WireNames } from '../wire-names.ts'
