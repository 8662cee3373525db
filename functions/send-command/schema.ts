/** The payload of a batch's execution goes in and comes out again. */
export { turnSchema as sendCommandInput } from '../../shared/domain/turn.ts';
