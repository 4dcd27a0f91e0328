// cdk8s requires this file by the path that cdk8s.yaml names under validations.
const { createJiti } = require('jiti');
module.exports = createJiti(__filename)('../validation.ts');
