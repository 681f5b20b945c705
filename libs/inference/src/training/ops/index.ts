import { add, compare, div, exp, gelu, log, mul, neg, relu, scale, sigmoid, softplus, sqrt, sub, tanh, toReal, where } from './elementwise';
import { concat, reduceMean, reduceSum, reshape, slice, split, toRows, transpose, transposeLast } from './layout';
import { gather, gatherDistinct, pick } from './lookup';
import { layerNorm, logSoftmax, softmax } from './normalise';
import { gemm, matMul } from './products';
import { tableCrossEntropy } from './table-cross-entropy';

/** The operators that a `Tape` differentiates. */
export const ops = {
  add, sub, mul, div, neg, scale, exp, log, sqrt, relu, gelu, sigmoid, tanh, softplus, where, compare, toReal,
  matMul, gemm,
  transpose, transposeLast, reshape, toRows, slice, split, concat, reduceSum, reduceMean,
  softmax, logSoftmax, layerNorm,
  gather, gatherDistinct, pick, tableCrossEntropy,
} as const; // prettier-ignore
