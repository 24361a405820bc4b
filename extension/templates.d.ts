// What the module that also fills a repository's own templates offers (`./templates.js`): the same as `./more.js`.
export * from './more';
export { default } from './more';
