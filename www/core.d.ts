export { default, forges, playground, tools } from '../extension/core';
