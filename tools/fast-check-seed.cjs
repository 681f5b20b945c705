// In CI the property tests take the same cases in every run, so that what is tested is the change; elsewhere each run explores new ones
// and prints the seed of a failure.
if (process.env.CI === 'true') require('fast-check').configureGlobal({ seed: 20261123 });
