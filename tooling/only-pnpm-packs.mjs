// Run before a package is packed: only pnpm puts versions in the place of "workspace:" and "catalog:", and only it takes
// "publishConfig" into account.
if (!process.env.npm_config_user_agent?.startsWith("pnpm/")) {
  console.error(
    'This package is packed by pnpm alone: npm would publish "workspace:" and "catalog:" as they stand.',
  );
  console.error("Use `pnpm publish`, or `npm publish` of the archive that `pnpm pack` has made.");
  process.exit(1);
}
