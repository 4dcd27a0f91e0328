// cdk8s requires this file by the path that cdk8s.yaml names under validations.
require('./typescript');
module.exports = require('../validation');
