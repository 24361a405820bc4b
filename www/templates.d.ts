export { __wbg_reset_state, default, playground } from '../extension/templates';
