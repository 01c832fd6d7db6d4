// Older versions under test, by their aliases in package.json; they bring no types.
declare module 'express4';
declare module 'router22';
declare module 'koa2';
declare module 'koa-mount';
declare module 'koa-router12';
