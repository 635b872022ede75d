// Syscalls of file storage, which mutations and actions share.
#pragma once

#include "files/file_storage.hpp"
#include "functions/run.hpp"
#include "functions/syscall_args.hpp"
#include "runtime/stored_file.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::functions {

outcome<std::string> storage_url(const services& shared, database::transaction& tx, const syscall_args& args);
outcome<std::string> storage_metadata(database::transaction& tx, const syscall_args& args);
outcome<std::string> storage_upload_url(const services& shared);
/// Removes the row and adds it to `removed`; the blob goes when the transaction is committed.
outcome<std::string> storage_delete(database::transaction& tx, const syscall_args& args,
                                    std::vector<files::file_row>& removed);

/// storage.store() and storage.get() of actions.
outcome<std::unique_ptr<runtime::file_writer>> store_file(const services& shared, const runtime::file_to_store& what);
outcome<std::unique_ptr<runtime::file_reader>> open_file(const services& shared, std::string_view storage_id);

}  // namespace hull::backend::functions
