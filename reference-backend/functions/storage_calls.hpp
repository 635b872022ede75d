// Syscalls of file storage, which mutations and actions share.
#pragma once

#include "files/file_storage.hpp"
#include "functions/run.hpp"
#include "functions/syscall_args.hpp"

#include <string>
#include <vector>

namespace hull::backend::functions {

outcome<std::string> storage_url(const services& shared, database::transaction& tx, const syscall_args& args);
outcome<std::string> storage_metadata(database::transaction& tx, const syscall_args& args);
outcome<std::string> storage_upload_url(const services& shared);
/// Removes the row and adds it to `removed`; the blob goes when the transaction is committed.
outcome<std::string> storage_delete(database::transaction& tx, const syscall_args& args,
                                    std::vector<files::file_row>& removed);

}  // namespace hull::backend::functions
