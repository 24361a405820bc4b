export { __wbg_reset_state, default, forges, playground, tools } from '../extension/more';
